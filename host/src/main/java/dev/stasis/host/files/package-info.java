/** The files of a tree on their way into an image and back: who claims them, where they are found again, in what order. */
package dev.stasis.host.files;

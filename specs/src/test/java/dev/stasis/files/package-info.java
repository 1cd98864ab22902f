/** How the files of real programs go into an image and come back, looked at from the outside: no task is made again here. */
package dev.stasis.files;

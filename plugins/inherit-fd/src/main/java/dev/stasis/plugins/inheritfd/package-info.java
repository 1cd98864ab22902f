/** Live descriptors in the place of files from an image: {@code --inherit-fd} and {@code --inherit-stdio}. */
package dev.stasis.plugins.inheritfd;

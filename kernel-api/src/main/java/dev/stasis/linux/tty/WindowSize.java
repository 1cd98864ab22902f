package dev.stasis.linux.tty;

/**
 * The size of a terminal's window; 0 where it is not known.
 *
 * @param rows in characters
 * @param columns in characters
 * @param width in pixels
 * @param height in pixels
 * @see <a href="https://man7.org/linux/man-pages/man2/TIOCSWINSZ.2const.html">TIOCSWINSZ(2const)</a>
 */
public record WindowSize(int rows, int columns, int width, int height) {}

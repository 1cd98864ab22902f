package dev.stasis.plugins.ttys;

/**
 * A piece of what was typed.
 *
 * @param data the bytes: a line with what ends it, or what there was of one, or whatever came where input is no lines
 * @param endOfFile whether the end-of-file character came next, which ends a line without being part of it
 */
record Typed(byte[] data, boolean endOfFile) {}

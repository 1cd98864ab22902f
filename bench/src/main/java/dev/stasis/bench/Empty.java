package dev.stasis.bench;

/** A program that does nothing: what it takes is the start of a JVM. */
final class Empty {
    private Empty() {}

    public static void main(String[] arguments) {}
}

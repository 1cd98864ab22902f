package dev.stasis.host.cli;

/** Where the tool {@code stasis} begins. Exit status 0: done; 1: refused or failed, nothing lost; 2: wrong usage. */
public final class Main {
    private Main() {}

    /** Runs one command and ends this process with its exit status. */
    public static void main(String[] arguments) {
        int status = new Tool(Console.ofProcess()).run(arguments);
        // Not System.exit: since 21 that asks a logger whether to log it, and starting up java.util.logging for that takes 10 ms.
        // Nothing here waits for the end of the JVM: what a command began it ended itself.
        Runtime.getRuntime().halt(status);
    }
}

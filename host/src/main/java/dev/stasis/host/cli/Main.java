package dev.stasis.host.cli;

/** Where the tool {@code stasis} begins. Exit status 0: done; 1: refused or failed, nothing lost; 2: wrong usage. */
public final class Main {
    private Main() {}

    /** Runs one command and ends this process with its exit status. */
    public static void main(String[] arguments) {
        System.exit(new Tool(Console.ofProcess()).run(arguments));
    }
}

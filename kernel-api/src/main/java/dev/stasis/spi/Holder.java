package dev.stasis.spi;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;

/**
 * What in a task refers to an open file or a location. Equal are those of one type that refer in the same way.
 */
public sealed interface Holder {

    // Equality by hand: what the compiler generates for a record starts up method handles, 5 ms of a cold start.

    /** The process that holds it. */
    Pid task();

    /** Descriptor {@code number} of the task's table. */
    record Descriptor(Pid task, int number, boolean closeOnExec) implements Holder {
        @Override
        public final boolean equals(Object other) {
            return other instanceof Descriptor descriptor && number == descriptor.number
                    && closeOnExec == descriptor.closeOnExec && task.equals(descriptor.task);
        }

        @Override
        public final int hashCode() {
            return 31 * task.hashCode() + number;
        }

        @Override
        public String toString() {
            return "fd " + number + " of task " + task;
        }
    }

    /** The task's current directory. */
    record CurrentDirectory(Pid task) implements Holder {
        @Override
        public final boolean equals(Object other) {
            return other instanceof CurrentDirectory directory && task.equals(directory.task);
        }

        @Override
        public final int hashCode() {
            return 31 * task.hashCode() + 1;
        }

        @Override
        public String toString() {
            return "current directory of task " + task;
        }
    }

    /** The task's root directory. */
    record RootDirectory(Pid task) implements Holder {
        @Override
        public final boolean equals(Object other) {
            return other instanceof RootDirectory directory && task.equals(directory.task);
        }

        @Override
        public final int hashCode() {
            return 31 * task.hashCode() + 2;
        }

        @Override
        public String toString() {
            return "root directory of task " + task;
        }
    }

    /** The program that the task runs. */
    record Executable(Pid task) implements Holder {
        @Override
        public final boolean equals(Object other) {
            return other instanceof Executable program && task.equals(program.task);
        }

        @Override
        public final int hashCode() {
            return 31 * task.hashCode() + 3;
        }

        @Override
        public String toString() {
            return "program of task " + task;
        }
    }

    /** A mapping of the file into the task's memory, from {@code start} (inclusive) to {@code end} (exclusive). */
    record Mapping(Pid task, RemoteAddress start, RemoteAddress end) implements Holder {
        @Override
        public final boolean equals(Object other) {
            return other instanceof Mapping mapping && start.equals(mapping.start) && end.equals(mapping.end)
                    && task.equals(mapping.task);
        }

        @Override
        public final int hashCode() {
            return 31 * task.hashCode() + start.hashCode();
        }

        @Override
        public String toString() {
            return "mapping " + start + "-" + end + " of task " + task;
        }
    }
}

package dev.stasis.spi;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteAddress;

/** What in a task refers to an open file or a location. */
public sealed interface Holder {

    /** The process that holds it. */
    Pid task();

    /** Descriptor {@code number} of the task's table. */
    record Descriptor(Pid task, int number, boolean closeOnExec) implements Holder {
        @Override
        public String toString() {
            return "fd " + number + " of task " + task;
        }
    }

    /** The task's current directory. */
    record CurrentDirectory(Pid task) implements Holder {
        @Override
        public String toString() {
            return "current directory of task " + task;
        }
    }

    /** The task's root directory. */
    record RootDirectory(Pid task) implements Holder {
        @Override
        public String toString() {
            return "root directory of task " + task;
        }
    }

    /** The program that the task runs. */
    record Executable(Pid task) implements Holder {
        @Override
        public String toString() {
            return "program of task " + task;
        }
    }

    /** A mapping of the file into the task's memory, from {@code start} (inclusive) to {@code end} (exclusive). */
    record Mapping(Pid task, RemoteAddress start, RemoteAddress end) implements Holder {
        @Override
        public String toString() {
            return "mapping " + start + "-" + end + " of task " + task;
        }
    }
}

package dev.stasis.host.files;

import dev.stasis.linux.Pid;
import dev.stasis.linux.RemoteCalls;

/** Whoever holds the tasks: gives out scopes for calls that they make themselves. */
public interface RemoteCallsSource {

    /** A scope for calls that {@code task} makes; the caller closes it before it asks for another. */
    RemoteCalls of(Pid task);
}

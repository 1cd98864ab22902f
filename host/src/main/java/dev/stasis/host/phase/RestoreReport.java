package dev.stasis.host.phase;

import dev.stasis.linux.Pid;

/**
 * What a restore did, as stats-restore holds it.
 *
 * @param root the root of the tree, by its number in the pid namespace of this process
 * @param child the child that this process has to wait for: the root, or the first process of the tree's own pid namespace
 * @param pagesRestored pages whose contents came from the image
 * @param forkingMicros how long it took until all tasks existed
 * @param restoreMicros how long all of it took
 * @param tasks processes
 */
public record RestoreReport(Pid root, Pid child, long pagesRestored, long forkingMicros, long restoreMicros, int tasks) {}

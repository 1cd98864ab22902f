package dev.stasis.host.phase;

import dev.stasis.linux.Pid;

/**
 * What a restore did, as stats-restore holds it.
 *
 * @param root the root of the tree, a child of this process until this process ends
 * @param pagesRestored pages whose contents came from the image
 * @param forkingMicros how long it took until all tasks existed
 * @param restoreMicros how long all of it took
 * @param tasks processes
 */
public record RestoreReport(Pid root, long pagesRestored, long forkingMicros, long restoreMicros, int tasks) {}

/**
 * What every plugin must do, as tests to inherit: {@link dev.stasis.testkit.contract.FdKindContract} for a kind of open file,
 * {@link dev.stasis.testkit.contract.PluginContract} for any plugin; and what they stand on, to write tests of one's own with:
 * contexts that check who calls what and when, an image in memory, open files of this process.
 *
 * <p>Nothing here freezes a process or needs privileges of its own; for the whole way see
 * {@link dev.stasis.testkit.StasisExtension} and {@link dev.stasis.testkit.Puppet}.
 */
@Version("1.0.0")
package dev.stasis.testkit.contract;

import org.osgi.annotation.versioning.Version;

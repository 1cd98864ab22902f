/**
 * What every plugin must do, as tests to inherit, one for each thing that a plugin can add:
 * {@link dev.stasis.testkit.contract.FdKindContract} for a kind of open file,
 * {@link dev.stasis.testkit.contract.PathRemapContract} and {@link dev.stasis.testkit.contract.MountRemapContract} for remaps,
 * {@link dev.stasis.testkit.contract.SubstitutionContract}, {@link dev.stasis.testkit.contract.HookContract} for what is kept
 * beside files, {@link dev.stasis.testkit.contract.PluginContract} for any plugin; and what they stand on, to write tests of
 * one's own with: contexts that check who calls what and when, an image in memory, open files of this process.
 *
 * <p>Only the contract of hooks freezes a process and needs root; for the whole way see
 * {@link dev.stasis.testkit.StasisExtension} and {@link dev.stasis.testkit.Puppet}.
 */
@Version("1.0.0")
package dev.stasis.testkit.contract;

import org.osgi.annotation.versioning.Version;

/**
 * What tests of Stasis and of its plugins stand on: a puppet process whose state is built and checked by system calls from
 * Java, real programs, a JUnit extension that cleans up and looks for leftovers, and a differ of /proc.
 */
@Version("1.0.0")
package dev.stasis.testkit;

import org.osgi.annotation.versioning.Version;

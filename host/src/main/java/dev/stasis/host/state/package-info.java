/**
 * The state of a tree of tasks as plain records: what a dump reads, an image holds and a restore makes again. Nothing here
 * touches the kernel or a file.
 */
package dev.stasis.host.state;

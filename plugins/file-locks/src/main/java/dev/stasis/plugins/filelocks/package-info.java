/** Locks and leases on open files: found, kept in CRIU's image file, set again by those who held them. */
package dev.stasis.plugins.filelocks;

/** What becomes of locks and leases. */
package dev.stasis.locks;

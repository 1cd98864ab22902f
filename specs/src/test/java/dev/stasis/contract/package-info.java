/** Our own plugins keep the contract that the test kit has for everybody's. */
package dev.stasis.contract;

/** How the interpreter stops: it keeps why, then traps. A host asks for the reason after the trap. */

/** The failure of the program that stopped the call; 0 for none. */
export let stoppedAt: i32 = 0;
/** Why a package was refused, by the numbers of `refusals`; 0 while it was not. */
export let refusedFor: i32 = 0;

/** Where the numbers of the failures lie that have no place in the source. */
let reasonsAt: usize = 0;

export const reasonDepth: i32 = 7;
export const reasonArgumentDepth: i32 = 8;
export const reasonResultDepth: i32 = 9;
export const reasonNothing: i32 = 10;
export const reasonBoxSizes: i32 = 11;
export const reasonUnwritten: i32 = 12;
export const reasonUnlawful: i32 = 13;
export const reasonFuel: i32 = 14;
export const reasonBytes: i32 = 15;
export const reasonCount: i32 = 16;

// Why packages are refused. The loader's messages are in runtime/package/open.ts.
export const notAPackage: i32 = 1;
export const otherVersion: i32 = 2;
export const cutOff: i32 = 3;
export const otherHeader: i32 = 4;
export const badTable: i32 = 5;
export const missingKernel: i32 = 6;
export const badCode: i32 = 7;
export const missingOperation: i32 = 8;

/** The text that the program gave with the failure: a reference, or 0. */
export let said: usize = 0;

export function forgetStops(): void {
  stoppedAt = 0;
  said = 0;
}

export function setReasons(at: usize): void {
  reasonsAt = at;
}

/** Stops the call with a failure of the program. */
export function stop(site: i32): void {
  stoppedAt = site;
  unreachable();
}

/** As `stop`, with a text of the run in place of the failure's message. */
export function stopSaying(site: i32, text: usize): void {
  said = text;
  stop(site);
}

export function siteOf(reason: i32): i32 {
  return load<i32>(reasonsAt + ((<usize>reason) << 2));
}

/** Stops the call for a reason that no line of the source asked for. */
export function stopFor(reason: i32): void {
  stop(siteOf(reason));
}

/** Refuses the package. */
export function refuse(reason: i32): void {
  refusedFor = reason;
  unreachable();
}

/** Owns what becomes of unfinished files when a signal ends the process. */

const signals = [
  ["SIGINT", 2],
  ["SIGTERM", 15],
  ["SIGHUP", 1],
] as const;

/**
 * Makes signals end the process through its exit handlers, until the returned function is called. Only
 * for moments in which something must be cleaned up: no handler runs while JavaScript is busy, and a
 * model that never ends must be stopped by Ctrl-C.
 */
export function exitOnSignals(): () => void {
  const handlers = signals.map(([signal, number]) => {
    const handler = (): never => process.exit(128 + number);
    process.once(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const remove of handlers) remove();
  };
}

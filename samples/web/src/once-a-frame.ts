/** Runs what is asked for once for each picture that is shown, however often it was asked for since. */

export function onceAFrame(run: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      run();
    });
  };
}

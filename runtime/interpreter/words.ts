/** Words of memory, and the cursor over the words of a program. */

/** The word that `next` gives. */
export let at: usize = 0;

export function goTo(place: usize): void {
  at = place;
}

export function next(): i32 {
  const word = load<i32>(at);
  at += 4;
  return word;
}

export function word(base: usize, i: i32): i32 {
  return load<i32>(base + ((<usize>i) << 2));
}

export function setWord(base: usize, i: i32, value: i32): void {
  store<i32>(base + ((<usize>i) << 2), value);
}

/** Whether so many words are the same in both places. */
export function sameWords(a: usize, b: usize, count: i32): bool {
  for (let i = 0; i < count; i++) if (word(a, i) !== word(b, i)) return false;
  return true;
}

/** How many words the operation has that runs, or is verified. */
export let operationWords: i32 = 0;

export function setOperationWords(count: i32): void {
  operationWords = count;
}

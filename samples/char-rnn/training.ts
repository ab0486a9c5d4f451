/** Trains the network that tells languages by names, one name a step, as PyTorch's tutorial does. */

import { nll, optim, Rng, tensor } from "glim";
import { alphabet, type CharRnn } from "./char-rnn.ts";

/** Names by language. */
export type Names = Readonly<Record<string, readonly string[]>>;

/** Positions in the alphabet; letters lose their accents, and what is then unknown is `_`. */
export function encode(name: string) {
  const plain = name.normalize("NFD").replace(/\p{Mn}/gu, "");
  const unknown = alphabet.indexOf("_");
  const ids = [...plain].map((c) => (alphabet.includes(c) ? alphabet.indexOf(c) : unknown));
  return tensor(Int32Array.from(ids), [ids.length]);
}

/** Trains `net` in place with names drawn at random, each language as often; returns the loss of each step. */
export function train(
  net: CharRnn,
  names: Names,
  {
    steps,
    lr = 0.005,
    seed = 0,
  }: { readonly steps: number; readonly lr?: number; readonly seed?: number },
): number[] {
  const opt = new optim.SGD(net.parameters(), { lr });
  const rng = new Rng(seed);
  const languages = Object.values(names);
  return Array.from({ length: steps }, () => {
    const language = Math.floor(rng.number() * languages.length);
    const list = languages[language]!;
    const name = encode(list[Math.floor(rng.number() * list.length)]!);
    const loss = opt.minimize(() => nll(net.forward(name), tensor([language], "i32")));
    return Number(loss.item());
  });
}

/** The share of names whose language the network tells. */
export function accuracy(net: CharRnn, names: Names): number {
  const guesses = Object.values(names).flatMap((list, language) =>
    list.map((name) => net.forward(encode(name)).argmax(-1).item() === language),
  );
  return guesses.filter((isRight) => isRight).length / guesses.length;
}

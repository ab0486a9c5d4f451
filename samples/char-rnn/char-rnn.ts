/** A recurrent network that tells languages by names, as in PyTorch's tutorial. */
import { type AnyTensor, nn, oneHot, script, type Tensor } from "glim";

export class CharRnn extends nn.Module {
  readonly letters: number;
  readonly rnn: nn.RNN;
  readonly h2o: nn.Linear;

  constructor(letters: number, hidden: number, languages: number) {
    super();
    this.letters = letters;
    this.rnn = new nn.RNN(letters, hidden);
    this.h2o = new nn.Linear(hidden, languages);
  }

  /** The logarithms of the languages' probabilities, for the letters of one name. */
  forward(name: AnyTensor<"i32">): Tensor {
    const { hidden } = this.rnn.forward(oneHot(name, this.letters));
    return this.h2o.forward(hidden).logSoftmax(-1);
  }
}

export const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,;'_";

const net = await new CharRnn(alphabet.length, 128, 18).load(
  new URL("./char-rnn.pt", import.meta.url),
  { ifMissing: "keep" },
);

/** The logarithms of the probabilities of 18 languages; letters are positions in `alphabet`. */
export const guess = script((name: Tensor<["T"], "i32">) => net.forward(name).squeeze(0));

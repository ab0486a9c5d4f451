/** A language model of characters: embeddings, LSTM layers and a projection. */
import { type AnyTensor, nn, Rng, script, type Tensor, tensor, zeros } from "glim";

export interface CharLstmSizes {
  readonly characters: number;
  readonly width: number;
  readonly hidden: number;
  readonly layers: number;
}

export class CharLstm extends nn.Module {
  readonly emb: nn.Embedding;
  readonly lstm: nn.LSTM;
  readonly out: nn.Linear;
  // State: what the text so far has left.
  hidden: Tensor;
  cell: Tensor;

  constructor({ characters, width, hidden, layers }: CharLstmSizes) {
    super();
    this.emb = new nn.Embedding(characters, width);
    this.lstm = new nn.LSTM(width, hidden, { layers });
    this.out = new nn.Linear(hidden, characters);
    this.hidden = zeros([layers, 1, hidden]);
    this.cell = zeros([layers, 1, hidden]);
  }

  /** The scores of the character after each of `[time, batch]`. */
  forward(text: AnyTensor<"i32">): Tensor {
    return this.out.forward(this.lstm.forward(this.emb.forward(text)).output);
  }

  /** The scores of the character after `character`, which comes after those of the calls before. */
  step(character: number): Tensor {
    const x = this.emb.forward(tensor([[character]], "i32"));
    const { output, hidden, cell } = this.lstm.forward(x, { hidden: this.hidden, cell: this.cell });
    this.hidden = hidden;
    this.cell = cell;
    return this.out.forward(output.reshape([-1]));
  }
}

const net = await new CharLstm({ characters: 128, width: 128, hidden: 256, layers: 2 }).load(
  new URL("./char-lstm.pt", import.meta.url),
  { ifMissing: "keep" },
);
const rng = new Rng(0);

/** The scores of the character after each of `[time, batch]`, in ASCII. */
export const logits = script((text: Tensor<["T", "B"], "i32">) => net.forward(text));

/** A character after `character`, drawn by its probability. */
export const next = script(
  (character: number, { temperature = 1 }: { temperature?: number } = {}) =>
    rng.categorical(net.step(character).div(temperature)).item(),
);

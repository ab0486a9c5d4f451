/** Texts as vectors with BERT. */
import { script, type Tensor } from "glim";
import { Bert, bertBase } from "./bert.ts";

const net = await new Bert(bertBase).load(new URL("./model.safetensors", import.meta.url), {
  ifMissing: "keep",
  rename: (name) => name.replace(/^bert\./, ""),
  ignore: [/^cls\./, /position_ids$/],
});

type Ids = Tensor<["B", "T"], "i32">;

/** A vector for each text: the mean of the states of its tokens, where `mask` is 1. */
export const encode = script(
  (tokens: Ids, mask: Ids, types: Ids) => {
    const weights = mask.to("f32").unsqueeze(-1);
    const sums = net.forward(tokens, mask, types).mul(weights).sum(1);
    return sums.div(weights.sum(1));
  },
  { dims: { T: [1, bertBase.context] } },
);

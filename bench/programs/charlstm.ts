/** The sample's language model of characters, for a text of 64. */

import { script, type Tensor } from "glim";
import { CharLstm } from "../../samples/char-lstm/char-lstm.ts";

const net = new CharLstm({ characters: 128, width: 128, hidden: 256, layers: 2 });

export const charlstm = script((text: Tensor<[64, 1], "i32">) => net.forward(text));

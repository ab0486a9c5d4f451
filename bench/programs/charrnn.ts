/** The classifier of names of PyTorch's tutorial, for one name of 16 letters. */

import { nn, script, type Tensor } from "glim";

const rnn = new nn.RNN(57, 128);
const h2o = new nn.Linear(128, 18);

/** `letters`: one-hot. */
export const charrnn = script((letters: Tensor<[16, 1, 57]>) =>
  h2o.forward(rnn.forward(letters).hidden.squeeze(0)).logSoftmax(-1),
);

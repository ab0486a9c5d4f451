/** Handwritten digits by a variational autoencoder. */
import { script, type Tensor } from "glim";
import { Vae } from "./vae.ts";

// torch.save(model.state_dict(), "vae.pt") in Python writes what is loaded here.
const net = await new Vae().load(new URL("./vae.pt", import.meta.url), { ifMissing: "keep" });

/** The digits that the means of the codes stand for: pixels from 0 to 1, row by row. */
export const reconstruct = script((images: Tensor<["B", 784]>) =>
  net.decode(net.encode(images).mean),
);

/** The digits that codes stand for. */
export const decode = script((codes: Tensor<["B", 20]>) => net.decode(codes));

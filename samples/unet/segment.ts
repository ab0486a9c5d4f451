/** Masks of photographs with U-Net. */
import { script, type Tensor } from "glim";
import { UNet } from "./unet.ts";

// torch.save(model.state_dict(), "unet.pt") in Python writes what is loaded here.
const weights = new URL("./unet.pt", import.meta.url);
const net = await new UNet(3, 2).load(weights, { ifMissing: "keep" });

/** The class of each pixel. */
export const segment = script((images: Tensor<["B", 3, 512, 512]>) =>
  net.forward(images).argmax(1),
);

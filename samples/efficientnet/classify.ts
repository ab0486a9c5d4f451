/** ImageNet's classes with EfficientNet-B0. */
import { script, type Tensor } from "glim";
import { EfficientNetB0 } from "./efficientnet.ts";

// torch.save(model.state_dict(), "efficientnet_b0.pt") in Python writes what is loaded here.
const weights = new URL("./efficientnet_b0.pt", import.meta.url);
const net = await new EfficientNetB0().load(weights, { ifMissing: "keep" });

/** The probabilities of ImageNet's classes, of images normalised as torchvision does. */
export const classify = script((images: Tensor<["B", 3, 224, 224]>) =>
  net.forward(images).softmax(-1),
);

/** ImageNet's classes with SqueezeNet 1.1. */
import { script, type Tensor } from "glim";
import { SqueezeNet } from "./squeezenet.ts";

// torch.save(model.state_dict(), "squeezenet1_1.pt") in Python writes what is loaded here.
const weights = new URL("./squeezenet1_1.pt", import.meta.url);
const net = await new SqueezeNet().load(weights, { ifMissing: "keep" });

/** The probabilities of ImageNet's classes, of images normalised as torchvision does. */
export const classify = script((images: Tensor<["B", 3, 224, 224]>) =>
  net.forward(images).softmax(-1),
);

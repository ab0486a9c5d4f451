/** ImageNet's classes with MobileNetV2. */
import { script, type Tensor } from "glim";
import { MobileNetV2 } from "./mobilenet-v2.ts";

// torch.save(model.state_dict(), "mobilenet_v2.pt") in Python writes what is loaded here.
const weights = new URL("./mobilenet_v2.pt", import.meta.url);
const net = await new MobileNetV2().load(weights, { ifMissing: "keep" });

/** The probabilities of ImageNet's classes, of images normalised as torchvision does. */
export const classify = script((images: Tensor<["B", 3, 224, 224]>) =>
  net.forward(images).softmax(-1),
);

/** ImageNet's classes with MobileNetV3-Large. */
import { script, type Tensor } from "glim";
import { mobilenetV3Large } from "./mobilenet-v3.ts";

// torch.save(model.state_dict(), "mobilenet_v3_large.pt") in Python writes what is loaded here.
const weights = new URL("./mobilenet_v3_large.pt", import.meta.url);
const net = await mobilenetV3Large().load(weights, { ifMissing: "keep" });

/** The probabilities of ImageNet's classes, of images normalised as torchvision does. */
export const classify = script((images: Tensor<["B", 3, 224, 224]>) =>
  net.forward(images).softmax(-1),
);

/** ImageNet's classes with ResNet-50. */
import { script, type Tensor } from "glim";
import { resnet50 } from "./resnet.ts";

// torch.save(model.state_dict(), "resnet50.pt") in Python writes what is loaded here.
const weights = new URL("./resnet50.pt", import.meta.url);
const net = await resnet50().load(weights, { ifMissing: "keep" });

/** The probabilities of ImageNet's classes, of images normalised as torchvision does. */
export const classify = script((images: Tensor<["B", 3, 224, 224]>) =>
  net.forward(images).softmax(-1),
);

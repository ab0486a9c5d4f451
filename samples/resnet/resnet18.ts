/** ImageNet's classes with ResNet-18. */
import { script, type Tensor } from "glim";
import { resnet18 } from "./resnet.ts";

// torch.save(model.state_dict(), "resnet18.pt") in Python writes what is loaded here.
const weights = new URL("./resnet18.pt", import.meta.url);
const net = await resnet18().load(weights, { ifMissing: "keep" });

/** The probabilities of ImageNet's classes, of images normalised as torchvision does. */
export const classify = script((images: Tensor<["B", 3, 224, 224]>) =>
  net.forward(images).softmax(-1),
);

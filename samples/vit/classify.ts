/** ImageNet's classes with ViT-B/16. */
import { script, type Tensor } from "glim";
import { VisionTransformer, vitB16, vitName } from "./vit.ts";

// torch.save(model.state_dict(), "vit_b_16.pt") in Python writes what is loaded here.
const weights = new URL("./vit_b_16.pt", import.meta.url);
const net = await new VisionTransformer(vitB16).load(weights, {
  ifMissing: "keep",
  rename: vitName,
});

/** The probabilities of ImageNet's classes, of images normalised as torchvision does. */
export const classify = script((images: Tensor<["B", 3, 224, 224]>) =>
  net.forward(images).softmax(-1),
);

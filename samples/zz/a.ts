import * as g from "glim";
export const a = g.script((x: g.Tensor<[2, 3]>) => x.pad([[0, 0], [3, 0]], { mode: "reflect" }));

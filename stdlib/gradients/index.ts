/** Gradients of functions: each is a function again, so that they nest. */

export { checkpoint } from "./checkpoint.ts";
export { customGrad, type GradOf } from "./custom-grad.ts";
export { grad, valueAndGrad } from "./grad.ts";
export { hessian, jvp, vjp } from "./products.ts";
export { type Many, type VmapOptions, vmap } from "./vmap.ts";

/** PyTorch's operators that Glim leaves out, and why. */

export const outOfScope: Readonly<Record<string, string>> = {
  igamma: "an incomplete gamma function",
  igammac: "an incomplete gamma function",
  "linalg.ldl_factor": "LAPACK's raw form of a factorisation of indefinite matrices",
  "linalg.ldl_factor_ex": "LAPACK's raw form of a factorisation of indefinite matrices",
  "linalg.ldl_solve": "solves with LAPACK's raw form of a factorisation",
  as_strided: "reads memory; tensors are values without strides",
  histogramdd: "a histogram over many axes",
  nextafter: "reads and writes the bits of floats",
};

/** Recognises what is often found where a tensor file was expected, to say so. */

/** Leading bytes (as Latin-1 text), what they mean, and what to do. */
const signatures: readonly (readonly [string, string])[] = [
  ["version https://git-lfs", "it is a Git LFS pointer, not the file itself: run `git lfs pull`"],
  ["PK\x03\x04", "it is a zip archive, as PyTorch's .pt and NumPy's .npz are"],
  ["\x1f\x8b", "it is gzip data: decompress it first"],
  ["\x93NUMPY", "it is a NumPy .npy file"],
  ["GGUF", "it is a GGUF file"],
  ["\x89HDF", "it is an HDF5 file"],
  ["\x80\x02", "it is a Python pickle"],
  ["\x80\x04", "it is a Python pickle"],
  ["<", "it is a web page or XML: what was downloaded is not the file"],
];

/** `it is gzip data: decompress it first`, or undefined where the first bytes tell nothing. */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 32));
  return signatures.find(([signature]) => head.startsWith(signature))?.[1];
}

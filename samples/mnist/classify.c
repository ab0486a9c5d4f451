/*
 * Classifies real digits with the LeNet of samples/mnist, compiled to C: images on the standard
 * input, the file of their labels as the argument. Both are idx files.
 *
 *   npx glim compile samples/mnist/lenet.ts --emit c -o out
 *   make -C out lenet MAIN=../samples/mnist/classify.c
 *   gunzip -c samples/mnist/t10k-1000-images.idx.gz | out/lenet samples/mnist/t10k-1000-labels.idx
 */

#include <stdio.h>

#include "lenet.h"

enum { pixels = 28 * 28, digits = 10 };

static int greatest(const float *scores) {
  int best = 0;
  for (int i = 1; i < digits; i++) {
    if (scores[i] > scores[best]) best = i;
  }
  return best;
}

int main(int argc, char **argv) {
  FILE *labels = argc == 2 ? fopen(argv[1], "rb") : NULL;
  unsigned char header[16], image[pixels];
  if (!labels || fread(header, 1, 8, labels) != 8 || fread(header, 1, 16, stdin) != 16) {
    fprintf(stderr, "usage: %s LABELS.idx < IMAGES.idx\n", argv[0]);
    return 2;
  }
  glim_model *lenet = glim_open(&lenet_module, NULL);
  if (!lenet) {
    fprintf(stderr, "%s\n", glim_error(NULL));
    return 1;
  }
  int count = 0, hits = 0;
  for (; fread(image, 1, pixels, stdin) == pixels; count++) {
    float ink[pixels];
    for (int i = 0; i < pixels; i++) ink[i] = image[i] / 255.0f;
    glim_array input = glim_tensor(GLIM_F32, ink, 2, (uint32_t[]){1, pixels}), logits;
    if (glim_run(lenet, "logits", &input, 1, &logits, 1)) {
      fprintf(stderr, "%s\n", glim_error(lenet));
      return 1;
    }
    hits += greatest(logits.data) == fgetc(labels);
  }
  printf("%d of %d real digits recognised.\n", hits, count);
  glim_close(lenet);
  return 0;
}

/** PyTorch's names where they are not Glim's in snake case, and what is written otherwise in Glim. */

/** Functions of `torch.nn.functional` that have Glim's own names in snake case. */
export const functional: ReadonlySet<string> = new Set([
  ...["adaptiveAvgPool1d", "adaptiveAvgPool2d", "adaptiveAvgPool3d", "adaptiveMaxPool1d"],
  ...["adaptiveMaxPool2d", "adaptiveMaxPool3d", "avgPool1d", "avgPool2d", "avgPool3d", "batchNorm"],
  ...["bilinear", "celu", "conv1d", "conv2d", "conv3d", "convTranspose1d", "convTranspose2d"],
  ...["convTranspose3d", "cosineSimilarity", "crossEntropy", "elu", "embedding", "embeddingBag"],
  ...["fold", "gelu", "glu", "gridSample", "groupNorm", "hardshrink", "hardsigmoid", "hardswish"],
  ...["hardtanh", "instanceNorm", "interpolate", "klDiv", "layerNorm", "leakyRelu", "linear"],
  ...["logSoftmax", "maxPool1d", "maxPool2d", "maxPool3d", "maxUnpool1d", "maxUnpool2d"],
  ...["channelShuffle", "localResponseNorm", "lpPool1d", "lpPool2d"],
  ...["maxUnpool3d", "mish", "normalize", "oneHot", "pad", "pairwiseDistance", "pdist"],
  ...["pixelShuffle", "pixelUnshuffle", "prelu", "relu", "relu6", "rmsNorm", "selu", "silu"],
  ...["scaledDotProductAttention", "softmax", "softmin", "softplus", "softshrink", "softsign"],
  ...["tanhshrink", "threshold"],
]);

/** PyTorch's names of functions that are called otherwise. */
export const renamed: Readonly<Record<string, string>> = {
  atleast1d: "torch.atleast_1d",
  atleast2d: "torch.atleast_2d",
  atleast3d: "torch.atleast_3d",
  bce: "nn.functional.binary_cross_entropy",
  bceWithLogits: "nn.functional.binary_cross_entropy_with_logits",
  cosineEmbedding: "nn.functional.cosine_embedding_loss",
  gaussianNll: "nn.functional.gaussian_nll_loss",
  ctc: "nn.functional.ctc_loss",
  hingeEmbedding: "nn.functional.hinge_embedding_loss",
  huber: "nn.functional.huber_loss",
  polygamma: "torch.special.polygamma",
  l1: "nn.functional.l1_loss",
  loadTorch: "torch.load",
  loadSafetensors: "safetensors.torch.load_file",
  loadNpz: "numpy.load",
  logSigmoid: "nn.functional.logsigmoid",
  logSumExp: "torch.logsumexp",
  marginRanking: "nn.functional.margin_ranking_loss",
  mse: "nn.functional.mse_loss",
  multiMargin: "nn.functional.multi_margin_loss",
  multilabelMargin: "nn.functional.multilabel_margin_loss",
  multilabelSoftMargin: "nn.functional.multilabel_soft_margin_loss",
  nll: "nn.functional.nll_loss",
  norm: "torch.linalg.vector_norm",
  poissonNll: "nn.functional.poisson_nll_loss",
  repeat: "Tensor.repeat",
  Rng: "torch.Generator",
  script: "torch.jit.script",
  seed: "torch.manual_seed",
  smoothL1: "nn.functional.smooth_l1_loss",
  softMargin: "nn.functional.soft_margin_loss",
  sumToSize: "Tensor.sum_to_size",
  tripletMargin: "nn.functional.triplet_margin_loss",
  variance: "torch.var",
  varMean: "torch.var_mean",
  vecdot: "torch.linalg.vecdot",
  grad: "torch.func.grad",
  valueAndGrad: "torch.func.grad_and_value",
  hessian: "torch.func.hessian",
  jvp: "torch.func.jvp",
  vmap: "torch.func.vmap",
  stopAtNaN: "torch.autograd.detect_anomaly",
  checkpoint: "torch.utils.checkpoint.checkpoint",
  vjp: "torch.func.vjp",
  customGrad: "torch.autograd.Function",
  "optim.EMA": "optim.swa_utils.AveragedModel",
  "optim.clipNorm": "nn.utils.clip_grad_norm_",
  "optim.clipValue": "nn.utils.clip_grad_value_",
  "optim.gradNorm": "nn.utils.get_total_norm",
  "optim.cosine": "optim.lr_scheduler.CosineAnnealingLR",
  "optim.exponential": "optim.lr_scheduler.ExponentialLR",
  "optim.linear": "optim.lr_scheduler.LinearLR",
  "optim.oneCycle": "optim.lr_scheduler.OneCycleLR",
  "optim.stepDecay": "optim.lr_scheduler.StepLR",
  "linalg.choleskyInverse": "torch.cholesky_inverse",
  "linalg.choleskySolve": "torch.cholesky_solve",
  "linalg.geqrf": "torch.geqrf",
  "linalg.logdet": "torch.logdet",
  "linalg.luUnpack": "torch.lu_unpack",
};

/** What has no counterpart in PyTorch. */
export const ownFunctions: readonly string[] = [
  ...["GlimError", "assert", "batchStatistics", "loadCheckpoint", "saveCheckpoint", "training"],
  ...["optim.Lion", "optim.Optimizer", "optim.warmUp"],
];

export interface Otherwise {
  readonly torch: string;
  readonly glim: string;
  readonly note: string;
}

/** What is no call of one function here, or means something else than it seems. */
export const otherwise: readonly Otherwise[] = [
  {
    torch: "x + y, x * 2, x > 0",
    glim: "x.add(y), x.mul(2), x.gt(0)",
    note: "TypeScript has no operators for tensors.",
  },
  { torch: "x.size(0), x.dim()", glim: "x.shape[0], x.rank", note: "" },
  { torch: "x.numel()", glim: "x.length", note: "" },
  { torch: "x.float(), x.int()", glim: 'x.to("f32"), x.to("i32")', note: "" },
  {
    torch: "x.view(…), x.contiguous()",
    glim: "x.reshape([…])",
    note: "Tensors are values: whether elements are copied cannot be seen.",
  },
  { torch: "x.add_(y), x[0] = y", glim: "x.add(y)", note: "Nothing is changed in place." },
  { torch: "x.detach(), x.clone()", glim: "x", note: "" },
  {
    torch: "torch.max(x, dim)",
    glim: "x.max(dim), x.argmax(dim)",
    note: "Values and positions are asked for apart; so with `min`, `cummax`, `cummin`.",
  },
  { torch: "x.sum(dim=0, keepdim=True)", glim: "x.sum(0, { keepDim: true })", note: "" },
  { torch: "x.sum(0) of a single value", glim: "x.sum()", note: "A single value has no axis 0." },
  { torch: "x.var(unbiased=False)", glim: "x.variance(undefined, { correction: 0 })", note: "" },
  {
    torch: "values, indices = x.topk(k)",
    glim: "const { values, indices } = x.topk(k)",
    note: "Several results are a record.",
  },
  {
    torch: "torch.linalg.solve(x, y)",
    glim: "linalg.solve(x, y)",
    note: "`y` with one axis less than `x` holds one right side for each matrix, whatever its sizes.",
  },
  {
    torch: "opt.zero_grad(); loss.backward(); opt.step()",
    glim: "opt.minimize(() => loss)",
    note: "Gradients are of functions: `optim.clipNorm` and the like stand between `valueAndGrad` and `opt.apply`.",
  },
  {
    torch: "model.train(), model.eval()",
    glim: "training(true, f)",
    note: "`minimize` and `valueAndGrad` of parameters are in training mode, everything else is not.",
  },
  {
    torch: "scheduler.step()",
    glim: "opt.lr = optim.cosine(opt.steps, { steps, peak })",
    note: "Rates are functions of the step.",
  },
  { torch: "torch.isreal(x), x.conj()", glim: "x", note: "There are no complex numbers." },
  {
    torch: "torch.rand(2, 3), torch.randn(2, 3), torch.randint(0, 9, (4,)), torch.randperm(n)",
    glim: "rng.uniform([2, 3]), rng.normal([2, 3]), rng.integers([4], 0, 9), rng.permutation(n)",
    note: "`const rng = new Rng(seed)`: generators are values, with a position of their own.",
  },
  {
    torch: "torch.multinomial(x, 1), torch.bernoulli(p)",
    glim: "rng.categorical(x.log()), rng.bernoulli(p, shape)",
    note: "",
  },
  {
    torch: "F.dropout(x, p, training)",
    glim: "new nn.Dropout(p)",
    note: "Layers own their generators.",
  },
  { torch: "torch.aminmax(x)", glim: "x.min(), x.max()", note: "" },
  { torch: "torch.argwhere(x)", glim: "x.nonzero()", note: "" },
  { torch: "torch.swapaxes(x, 0, 1)", glim: "x.transpose(0, 1)", note: "" },
  { torch: "torch.ravel(x)", glim: "x.flatten()", note: "" },
  {
    torch: "nn.UpsamplingBilinear2d(scale_factor=2)",
    glim: 'new nn.Upsample({ scaleFactor: 2, mode: "bilinear", alignCorners: true })',
    note: "",
  },
  {
    torch: "torch.jit.trace(f, x)",
    glim: "trace(f, x)",
    note: "It is refused where the run depended on elements.",
  },
];

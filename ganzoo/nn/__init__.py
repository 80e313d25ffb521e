"""Small blocks, losses and penalties that plugins import; each is the paper's, with its shapes."""

from ganzoo.nn.adaptive import AdaptiveDecoder, adaptive_norm
from ganzoo.nn.attention import SelfAttention
from ganzoo.nn.autoencoder import Autoencoder, pulling_away
from ganzoo.nn.blocks import (
    conv_discriminator,
    conv_encoder,
    conv_generator,
    convolutional,
    discriminator_for,
    encoder_for,
    generator_for,
    halvings,
    he_init,
    mlp,
    normal_init,
    plain_networks,
)
from ganzoo.nn.cells import Cells, cell_count
from ganzoo.nn.codes import categorical_likelihood, draw_category, gaussian_likelihood
from ganzoo.nn.conditional import (
    Concatenated,
    ConditionalBatchNorm,
    Headed,
    JointDiscriminator,
    Labelled,
    MaybeLabelled,
    MaybeProjected,
    Projection,
    Spread,
    class_count,
    class_likelihood,
    label_of,
    one_hot,
)
from ganzoo.nn.content import content
from ganzoo.nn.dropout import Dropout, dropout
from ganzoo.nn.enlarge import Enlarger, dense_block, enlarged, enlargement, enlarging_networks, plain_block
from ganzoo.nn.fixup import calm_discriminator, calm_generator
from ganzoo.nn.image_pool import ImagePool
from ganzoo.nn.losses import (
    boundary_seeking,
    hinge,
    least_squares_discriminator,
    least_squares_generator,
    minimax,
    non_saturating,
    relativistic,
    relativistic_average,
    saturating,
    score,
    softmax_discriminator,
    softmax_generator,
    wasserstein,
)
from ganzoo.nn.mel import MelSpectrogram, mel_of
from ganzoo.nn.minibatch import MinibatchDeviation, MinibatchDiscrimination
from ganzoo.nn.packing import Packed, in_packs, packed_space
from ganzoo.nn.penalties import divergence_penalty, gradient_penalty, lecam, local_gradient_penalty, r1, r2
from ganzoo.nn.residual import residual_discriminator, residual_generator
from ganzoo.nn.scalar import Scalar
from ganzoo.nn.spectra import SoundPictures, griffin_lim, spectra
from ganzoo.nn.spectral import spectral
from ganzoo.nn.style import MappingNetwork, Synthesis, path_lengths
from ganzoo.nn.table import Conditions, RowPicture, TableHead, label_entries
from ganzoo.nn.text import Reader, RelationalMemory, Writer, chosen, likelihood, token_noise
from ganzoo.nn.together import together
from ganzoo.nn.translation import (
    PatchDiscriminator,
    UNet,
    code_encoder,
    encoder_depth,
    residual_decoder,
    residual_encoder,
    residual_translator,
    source_of,
)
from ganzoo.nn.vocoder import Vocoder, WaveJudges
from ganzoo.nn.waves import PhaseShuffle, wave_encoder, wave_generator
from ganzoo.nn.whole import whole_batch, whole_batch_norm, whole_sum

__all__ = [
    "AdaptiveDecoder",
    "Autoencoder",
    "Cells",
    "Concatenated",
    "ConditionalBatchNorm",
    "Conditions",
    "Dropout",
    "Enlarger",
    "Headed",
    "ImagePool",
    "JointDiscriminator",
    "Labelled",
    "MappingNetwork",
    "MaybeLabelled",
    "MaybeProjected",
    "MelSpectrogram",
    "MinibatchDeviation",
    "MinibatchDiscrimination",
    "Packed",
    "PatchDiscriminator",
    "PhaseShuffle",
    "Projection",
    "Reader",
    "RelationalMemory",
    "RowPicture",
    "Scalar",
    "SelfAttention",
    "SoundPictures",
    "Spread",
    "Synthesis",
    "TableHead",
    "UNet",
    "Vocoder",
    "WaveJudges",
    "Writer",
    "adaptive_norm",
    "boundary_seeking",
    "calm_discriminator",
    "calm_generator",
    "categorical_likelihood",
    "cell_count",
    "chosen",
    "class_count",
    "class_likelihood",
    "code_encoder",
    "content",
    "conv_discriminator",
    "conv_encoder",
    "conv_generator",
    "convolutional",
    "dense_block",
    "discriminator_for",
    "divergence_penalty",
    "draw_category",
    "dropout",
    "encoder_depth",
    "encoder_for",
    "enlarged",
    "enlargement",
    "enlarging_networks",
    "gaussian_likelihood",
    "generator_for",
    "gradient_penalty",
    "griffin_lim",
    "halvings",
    "he_init",
    "hinge",
    "in_packs",
    "label_entries",
    "label_of",
    "least_squares_discriminator",
    "least_squares_generator",
    "lecam",
    "likelihood",
    "local_gradient_penalty",
    "mel_of",
    "minimax",
    "mlp",
    "non_saturating",
    "normal_init",
    "one_hot",
    "packed_space",
    "path_lengths",
    "plain_block",
    "plain_networks",
    "pulling_away",
    "r1",
    "r2",
    "relativistic",
    "relativistic_average",
    "residual_decoder",
    "residual_discriminator",
    "residual_encoder",
    "residual_generator",
    "residual_translator",
    "saturating",
    "score",
    "softmax_discriminator",
    "softmax_generator",
    "source_of",
    "spectra",
    "spectral",
    "together",
    "token_noise",
    "wasserstein",
    "wave_encoder",
    "wave_generator",
    "whole_batch",
    "whole_batch_norm",
    "whole_sum",
]

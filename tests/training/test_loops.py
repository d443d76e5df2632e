"""The training loops: in sight, and each step with what the lecture gives it."""

import inspect

import pytest
import torch

from training import train_autoencoder, train_cnn, train_unet, train_vae
from training.data import strokes
from training.run.loop import Loop

SCREEN = 40  # lines
LOOPS = (train_autoencoder, train_vae, train_unet, train_cnn)


class Kept:
    """Stands in for a Run that keeps nothing."""

    def __init__(self):
        self.epochs = []

    def restore(self, **things):
        return 0

    def keep(self, epochs, **things):
        self.epochs.append(epochs)

    def check(self, loss, step):
        pass


@pytest.mark.parametrize("script", LOOPS)
def test_the_loop_is_found_within_one_screen(script):
    lines = inspect.getsource(script.train).splitlines()
    assert len(lines) <= SCREEN
    written_out = [line.strip() for line in lines]
    order = [
        next(i for i, line in enumerate(written_out) if line.startswith(start))
        for start in (
            "for batch in",
            "with autocast",
            "loss",
            "optimizer.zero_grad()",
            "loss.backward()",
            "optimizer.step()",
        )
    ]
    assert order == sorted(order)


def test_an_epoch_shows_every_picture_once_in_another_order():
    settings = train_vae.Settings(epochs=2, batch_size=16)
    kept = Kept()
    loop = Loop(kept, settings, generator=torch.Generator().manual_seed(0))
    seen, steps = [], []
    for _ in loop.epochs():
        epoch = []
        for batch in loop.batches(48):
            epoch.append(batch)
            steps.append(loop.step)
            loop.count(torch.tensor(float(len(steps))))
        loop.record(held_out=1.0)
        seen.append(torch.cat(epoch))
    assert [sorted(order.tolist()) for order in seen] == [list(range(48))] * 2
    assert not torch.equal(*seen)
    assert steps == list(range(6))
    assert loop.curves == {"train": [2.0, 5.0], "held_out": [1.0, 1.0]}  # means over the steps of an epoch
    assert kept.epochs == [1, 2]


def test_the_denoising_autoencoder_sees_noise_and_is_compared_with_the_clean_picture(monkeypatch):
    seen, compared = [], []
    encode, criterion = train_autoencoder.ConvAutoencoder.encode, train_autoencoder.CRITERIA["mse"]

    def spy_encode(self, images):
        seen.append(images)
        return encode(self, images)

    def spy_criterion(logits, images):
        compared.append(images)
        return criterion(logits, images)

    monkeypatch.setattr(train_autoencoder.ConvAutoencoder, "encode", spy_encode)
    monkeypatch.setitem(train_autoencoder.CRITERIA, "mse", spy_criterion)
    images, _ = strokes.made_digits(32)
    train_autoencoder.train(train_autoencoder.Settings(epochs=1, batch_size=32, noise=0.3), images, images, Kept())
    clean = {tuple(image.flatten().tolist()) for image in images}
    assert {tuple(image.flatten().tolist()) for image in compared[0]} == clean
    assert not {tuple(image.flatten().tolist()) for image in seen[0]} & clean
    assert 0.05 < float((seen[0] - compared[0]).square().mean().sqrt()) < 0.3


def test_nats_and_psnr_are_of_the_same_noisy_pictures(monkeypatch):
    """Of more pictures than one batch: the second batch was once drawn anew."""
    seen = []
    encode = train_vae.ConvVAE.encode

    def spy(self, images):
        seen.append(images)
        return encode(self, images)

    monkeypatch.setattr(train_vae.ConvVAE, "encode", spy)
    images = torch.rand(600, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    train_vae.evaluate(train_vae.ConvVAE(2).eval(), train_vae.Settings(noise=0.3), images)
    once, again = seen[: len(seen) // 2], seen[len(seen) // 2 :]
    assert len(once) == 2
    assert all(torch.equal(a, b) for a, b in zip(once, again, strict=True))


def test_every_image_network_gives_its_code_in_one_word():
    for network in (train_vae.ConvVAE(3), train_vae.ResidualVAE(3)):
        images = torch.rand(2, 1, 28, 28)
        assert torch.equal(network.code(images), network.encode(images)[0])
        assert network.code(images).shape == (2, 3)
    network = train_autoencoder.ConvAutoencoder(3, sparse=True)
    assert torch.equal(network.code(images), network.encode(images))

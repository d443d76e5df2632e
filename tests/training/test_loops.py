"""The training loops: in sight, and each step with what the lecture gives it."""

import inspect

import pytest
import torch

from training import train_autoencoder, train_cnn, train_unet, train_vae
from training.data import strokes
from training.run import record
from training.run.loop import Loop, one_cycle
from training.store import checkpoints

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


@pytest.mark.parametrize("warm_up", [0.1, 0.3])
def test_the_learning_rate_rises_for_the_share_that_is_asked_for(warm_up):
    settings = train_vae.Settings(epochs=10, batch_size=10, learning_rate=0.5, warm_up=warm_up)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)])
    schedule = one_cycle(optimizer, settings, 200)
    rates = []
    for _ in range(200):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step() if len(rates) < 200 else None
    assert max(rates) == pytest.approx(0.5)
    assert rates.index(max(rates)) == pytest.approx(warm_up * 200, abs=2)
    assert rates[-1] < 1e-4


def test_the_u_net_ends_with_decibels_on_a_second_slope():
    """One cycle for the cross-entropy, as torch has it, then from half the peak down to nothing."""
    settings = train_unet.Settings(epochs=4, decibels=0.25, warm_up=0.3)
    turn, share = train_unet.rates(settings, 400)
    assert turn == 300
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, turn, pct_start=0.3, cycle_momentum=False)
    for step in range(turn - 1):
        assert share(step) == pytest.approx(optimizer.param_groups[0]["lr"], abs=0.02)
        optimizer.step()
        schedule.step()
    assert share(turn) == pytest.approx(0.5)
    assert all(share(step + 1) < share(step) for step in range(turn, 399))
    assert share(400) == pytest.approx(0)


def test_the_learning_rate_of_a_vae_falls_once_more_where_it_is_asked_to(monkeypatch):
    """From half the peak after the turn, down to nothing."""
    images, _ = strokes.made_digits(40)
    seen = []
    monkeypatch.setattr(Loop, "count", lambda loop, *_, **__: seen.append(loop.things["schedule"].get_last_lr()[0]))
    monkeypatch.setattr(Loop, "record", lambda *_, **__: None)
    settings = train_vae.Settings(latent_dim=2, epochs=10, batch_size=10, learning_rate=0.01, again=0.25)
    train_vae.train(settings, images, images, Kept())
    assert len(seen) == 40
    assert max(seen[:29]) == pytest.approx(0.01)
    assert seen[28] < 0.002  # the last step of the cycle
    assert seen[29] == pytest.approx(0.005)
    assert seen[29:] == sorted(seen[29:], reverse=True)
    assert seen[-1] < 1e-6


def test_the_u_net_minimises_decibels_from_the_turn_on(monkeypatch):
    images, _ = strokes.made_digits(64)
    measured = []
    psnr = train_unet.psnr

    def spy(pictures, truth):
        measured.append(pictures.requires_grad)
        return psnr(pictures, truth)

    monkeypatch.setattr(train_unet, "psnr", spy)
    train_unet.train(train_unet.Settings(epochs=4, batch_size=16, decibels=0.25), images, images, Kept())
    assert measured == [True] * 4  # the steps of the last of four epochs
    measured.clear()
    train_unet.train(train_unet.Settings(epochs=2, batch_size=16, decibels=0.0), images, images, Kept())
    assert not measured


@pytest.mark.parametrize(
    ("script", "cls", "method", "loss"),
    [
        (train_autoencoder, train_autoencoder.ConvAutoencoder, "encode", "reconstruction_mse"),
        (train_unet, train_unet.UNet, "forward", "reconstruction_bce"),
        (train_vae, train_vae.ConvVAE, "encode", "negative_elbo"),
    ],
)
def test_a_denoising_network_sees_noise_and_is_compared_with_the_clean_picture(script, cls, method, loss, monkeypatch):
    seen, compared = [], []
    look, criterion = getattr(cls, method), getattr(script, loss)

    def spy_look(self, images, *rest):
        seen.append(images)
        return look(self, images, *rest)

    def spy_loss(logits, images, *rest):
        compared.append(images)
        return criterion(logits, images, *rest)

    monkeypatch.setattr(cls, method, spy_look)
    monkeypatch.setattr(script, loss, spy_loss)
    monkeypatch.setattr(train_autoencoder, "CRITERIA", {"mse": spy_loss})
    images, _ = strokes.made_digits(32)
    script.train(script.Settings(epochs=1, batch_size=32, noise=0.3), images, images, Kept())
    clean = {tuple(image.flatten().tolist()) for image in images}
    assert {tuple(image.flatten().tolist()) for image in compared[0]} == clean
    assert not {tuple(image.flatten().tolist()) for image in seen[0]} & clean
    assert 0.05 < float((seen[0] - compared[0]).square().mean().sqrt()) < 0.3


def test_the_penalty_makes_codes_sparse():
    images, _ = strokes.made_digits(64)
    means = []
    for weight in (0.001, 10.0):
        settings = train_autoencoder.Settings(epochs=3, batch_size=16, sparsity=weight)
        network, _ = train_autoencoder.train(settings, images, images, Kept())
        means.append(float(network.code(images).detach().mean()))
    assert means[1] < means[0] / 2


def test_calibration_makes_the_loss_least_and_changes_no_decision():
    torch.manual_seed(0)
    network = train_cnn.SmallCNN().eval().requires_grad_(False)
    network.head.weight *= 1000  # far too sure
    network.head.bias *= 1000
    images, _ = strokes.made_digits(100)
    before = network(images)
    labels = before.argmax(1)
    labels[::5] = (labels[::5] + 1) % 10  # it is wrong in one case of five, and sure of itself
    temperature = train_cnn.calibrate(network, images, labels)
    assert temperature > 2
    torch.testing.assert_close(network(images), before / temperature, rtol=1e-3, atol=1e-4)
    least = torch.nn.functional.cross_entropy(network(images), labels)
    for factor in (0.9, 1.1):
        assert least < torch.nn.functional.cross_entropy(factor * network(images), labels)


def test_what_is_measured_is_what_is_stored():
    network = train_vae.ConvVAE(2)
    exact = network.encoder[0].weight.clone()
    stored = record.as_stored(network)
    assert stored is network
    assert not stored.training
    assert not torch.equal(stored.encoder[0].weight, exact)
    loaded = checkpoints.unpack(*checkpoints.pack(stored, half=True), "here")
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), stored.parameters(), strict=True))


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


@pytest.mark.parametrize("warm_up", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("epochs", [1, 2, 3, 4])
def test_a_cycle_of_few_steps_stays_between_nothing_and_its_peak(warm_up, epochs):
    """A handful of pictures gives one step an epoch."""
    settings = train_vae.Settings(epochs=epochs, batch_size=64, learning_rate=1e-2, warm_up=warm_up)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)])
    schedule, rates = one_cycle(optimizer, settings, 64), []
    for _ in range(epochs):
        rates += schedule.get_last_lr()
        optimizer.step()
        schedule.step()
    assert all(0 < rate <= 1e-2 for rate in rates)

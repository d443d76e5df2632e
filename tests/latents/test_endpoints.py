"""The tab's endpoints, as a program calls them over the network."""

import pytest

from demos.latents import measured, spaces

pytestmark = pytest.mark.skipif(len(spaces.available()) < 2, reason="fewer than two spaces in weights/ to compare")


def test_latents_are_the_same_digits_for_every_network(client):
    answers = [client.predict(name, api_name="/latents") for name in spaces.known()]
    for answer in answers:
        assert set(answer) == {"points", "classes"}
        assert len(answer["points"]) == len(answer["classes"]) == 5000
        assert answer["classes"] == answers[0]["classes"]


def test_path_takes_first_second_network_and_steps(client):
    answer = client.predict(first=3, second=2, network="autoencoder-2d", steps=4, api_name="/path")
    assert [len(answer[key]) for key in ("points", "pictures", "confidence")] == [4, 4, 4]
    assert client.predict(3, 2, "autoencoder-2d", 4, api_name="/path") == answer


def test_path_refuses_in_a_sentence(client):
    with pytest.raises(Exception, match="steps must be a whole number from 2 to 64, not 1000000000"):
        client.predict(3, 2, "vae-2d", 10**9, api_name="/path")


@pytest.mark.skipif(not measured.numbers("latents_probes"), reason="weights/analysis/latents_probes.json is missing")
def test_probe_gives_curves_that_rise_with_the_labels(client):
    answer = client.predict(api_name="/probe")
    for space in answer["spaces"].values():
        for method in ("knn", "linear"):
            rows = space[method]
            assert [row["labels"] for row in rows] == answer["labels"]
            assert rows[-1]["accuracy"] > rows[0]["accuracy"]

# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The Wayfare authors
"""Real agents, pinned and offline, complete a plain prompt and a loop of tools through Wayfare, whatever
dialect the provider speaks; and with a real server whose model knows its answers by heart. AGENTS is
the folder where their packages are installed."""

import os
import pathlib
import subprocess

import pytest

import known_model
import mock_backs
from mock_backs import SCENES, MockBacks, Scene
from wayfare import Wayfare

BINARIES = pathlib.Path(os.environ["AGENTS"]) / "node_modules" / ".bin"
BACKS = ["openai-chat", "openai-responses", "anthropic", "gemini", "ollama"]
ADD = "echo way-$((40+2))"
TIMEOUT_S = 180


@pytest.fixture(name="backs", scope="module")
def fixture_backs():
    SCENES["claude"] = Scene(text="I add.", calls=(("Bash", {"command": ADD, "description": "Add"}),), finish="tools")
    SCENES["codex"] = Scene(text="I add.", calls=(("exec_command", {"cmd": ADD}),), finish="tools")
    with MockBacks() as backs:
        yield backs


@pytest.fixture(name="wayfare", scope="module")
def fixture_wayfare(backs):
    with Wayfare({"providers": backs.providers()}) as wayfare:
        yield wayfare


@pytest.fixture(name="known", scope="module")
def fixture_known():
    with known_model.known_server() as llama, Wayfare({"providers": known_model.providers(llama)}) as wayfare:
        yield wayfare


def run(command, home, environment):
    """In an empty home, with nowhere to go but loopback."""
    base = {"HOME": str(home), "PATH": os.environ["PATH"], "HTTPS_PROXY": "http://127.0.0.1:9",
            "NO_PROXY": "127.0.0.1,localhost"}
    done = subprocess.run(command, env={**base, **environment}, cwd=home, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_claude(wayfare, home, model, prompt="Add."):
    command = [BINARIES / "claude", "-p", prompt, "--model", model, "--allowedTools", "Bash"]
    return run(command, home, {
        "ANTHROPIC_BASE_URL": wayfare.url, "ANTHROPIC_AUTH_TOKEN": "unused",
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": model.split("/")[0] + "/text",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", "DISABLE_TELEMETRY": "1",
    })


def run_codex(wayfare, home, model, prompt="Add."):
    (home / ".codex").mkdir(exist_ok=True)
    (home / ".codex" / "config.toml").write_text(
        'model_provider = "wayfare"\n[model_providers.wayfare]\nname = "Wayfare"\n'
        f'base_url = "{wayfare.url}/v1"\nwire_api = "responses"\nenv_key = "WAYFARE_TOKEN"\n')
    command = [BINARIES / "codex", "exec", "--skip-git-repo-check",
               "--dangerously-bypass-approvals-and-sandbox", "-m", model, prompt]
    return run(command, home, {"WAYFARE_TOKEN": "unused"})


@pytest.mark.parametrize("back", BACKS)
@pytest.mark.parametrize("agent", [run_claude, run_codex], ids=["claude-code", "codex"])
def test_agent(backs, wayfare, tmp_path, agent, back):
    assert mock_backs.TEXT in agent(wayfare, tmp_path, f"{back}/text")
    SCENES["after-tool"] = Scene(text="The sum is known.")
    said = agent(wayfare, tmp_path, f"{back}/{'claude' if agent is run_claude else 'codex'}")
    assert "The sum is known." in said
    assert any("way-42" in text for _, text in backs.last.results), backs.last.results
    assert backs.server.faults == []


# The loop ends with the sum only if the tool's result has come back to the model.
@pytest.mark.parametrize("back", known_model.DIALECTS)
@pytest.mark.parametrize("agent", [run_claude, run_codex], ids=["claude-code", "codex"])
def test_agent_with_known_answers(known, tmp_path, agent, back):
    said = agent(known, tmp_path, f"{back}/{known_model.MODEL}", "What is it like?")
    assert known_model.SCRIPTS["text"] in said
    said = agent(known, tmp_path, f"{back}/{known_model.MODEL}", "Add.")
    assert known_model.SCRIPTS["sum"] in said

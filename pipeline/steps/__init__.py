"""The questions that Litline answers, one module each; a step never imports another step."""

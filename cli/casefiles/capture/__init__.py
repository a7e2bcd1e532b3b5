"""What an instrumented application sends while it works: a receiver of OpenTelemetry's protocol."""

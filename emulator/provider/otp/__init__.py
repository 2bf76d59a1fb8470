"""Failover OTP: a one-time password over Viber and Sms, told in a style of its own. A flow of several steps.

It knows no other service. Its front door is `otp.service`.
"""

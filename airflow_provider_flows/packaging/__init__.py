"""The code that travels: what a flow needs of the files here, and what of them stays. LAUNCH phase.

One way in: `package.package_flow`.
"""

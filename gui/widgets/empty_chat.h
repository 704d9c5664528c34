#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace gui
{

/// What a chat without messages shows: the model, a few questions to start with, or how to get a model.
/// Thread: GUI.
class EmptyChat final : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyChat(QWidget *parent = nullptr);

    /// `model` empty: none is loaded; `loading`: what the load is doing.
    void showModel(const QString &model, const QString &preset, const QString &loading);

Q_SIGNALS:
    void exampleChosen(const QString &text);
    void loadRequested();
    void demoRequested();

protected:
    void changeEvent(QEvent *event) override;

private:
    void restyle();

    QLabel *m_icon;
    QLabel *m_title;
    QLabel *m_summary;
    QWidget *m_examples;
    QWidget *m_verbs;
};

} // namespace gui
